namespace OrleansIot.Dashboard.Charts;

/// <summary>A level worth seeing in a chart: where a rule fires, or where it clears.</summary>
/// <param name="Shape">Of the rule's severity, for the colour.</param>
public sealed record ChartLine(double Value, string Name, string Shape, bool Clears);
