namespace OrleansIot.Application.History;

/// <summary>What history is kept in, from fine to coarse.</summary>
public enum HistoryResolution
{
    /// <summary>The readings themselves.</summary>
    Raw,

    Minute,
    QuarterHour,
    Hour,

    /// <summary>Of UTC.</summary>
    Day,
}
