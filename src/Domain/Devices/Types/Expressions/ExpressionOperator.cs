namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>Between two operands; in order of how tightly they bind.</summary>
public enum ExpressionOperator
{
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
    NotEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
