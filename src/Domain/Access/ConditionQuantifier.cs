namespace OrleansIot.Domain.Access;

/// <summary>Which values of a key a condition is about.</summary>
public enum ConditionQuantifier
{
    /// <summary>The one value it has.</summary>
    TheValue,

    /// <summary>Every one; so a key without values meets it.</summary>
    ForAllValues,

    /// <summary>At least one.</summary>
    ForAnyValue,
}
