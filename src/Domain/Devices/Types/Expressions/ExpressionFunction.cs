namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>What an expression can call.</summary>
public enum ExpressionFunction
{
    Min,
    Max,
    Abs,

    /// <summary>To a whole number, or to so many decimals; halves away from nought.</summary>
    Round,
    Sqrt,

    /// <summary>The second where the first is true (or not nought), else the third; the other is not computed.</summary>
    If,
}
