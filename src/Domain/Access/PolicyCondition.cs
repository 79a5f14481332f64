using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>One line of a statement's <c>Condition</c>: that a key has, or with <paramref name="Negated"/> has not, one of the values.</summary>
/// <param name="Operator">As it is written, for people.</param>
/// <param name="IfExists">Met where the key has no value.</param>
/// <param name="Values">Of a text or a boolean.</param>
/// <param name="Ranges">Of an address, instead of values.</param>
public sealed record PolicyCondition(
    string Operator,
    PolicyVariable Key,
    ImmutableArray<PolicyPattern> Values,
    ImmutableArray<AddressRange> Ranges = default,
    bool Negated = false,
    bool IfExists = false,
    ConditionQuantifier Quantifier = ConditionQuantifier.TheValue)
{
    internal bool IsMet(AccessContext context, ConnectAttributes asked)
    {
        var found = context.ValuesOf(Key, asked);
        if (found.IsEmpty)
            return IfExists || Quantifier == ConditionQuantifier.ForAllValues || (Negated && Quantifier == ConditionQuantifier.TheValue);

        foreach (var value in found)
        {
            var met = IsAmongValues(value, context) != Negated;
            if (met != (Quantifier == ConditionQuantifier.ForAllValues))
                return met;

            if (Quantifier == ConditionQuantifier.TheValue)
                return met;
        }

        return Quantifier == ConditionQuantifier.ForAllValues;
    }

    /// <summary><c>Bool iot:Connection.Thing.IsAttached [true]</c></summary>
    public override string ToString() => $"{Operator} {Key} [{string.Join(", ", Values.Select(value => value.Text))}{(Ranges.IsDefaultOrEmpty ? "" : "addresses")}]";

    private bool IsAmongValues(PolicyValue value, AccessContext context)
    {
        if (!Ranges.IsDefault)
        {
            foreach (var range in Ranges)
            {
                if (context.Source is { } source && range.Contains(source.Number))
                    return true;
            }

            return false;
        }

        foreach (var pattern in Values)
        {
            if (pattern.Matches(value.Utf8, context))
                return true;
        }

        return false;
    }
}
