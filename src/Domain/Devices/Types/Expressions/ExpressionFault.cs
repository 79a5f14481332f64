namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>Why a text is no expression.</summary>
/// <param name="Problem">What is wrong, and where.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record ExpressionFault(string Problem, string Mend);
