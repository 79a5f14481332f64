using System.Collections.Immutable;
using System.Text.Json;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>Reads the <c>Condition</c> of a statement: operator, then key, then the values.</summary>
internal static class PolicyConditionReader
{
    private const string IfExists = "IfExists";
    private static readonly string[] Operators =
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "IpAddress", "NotIpAddress"];

    private static readonly (string Prefix, ConditionQuantifier Quantifier)[] Quantifiers =
        [("ForAllValues:", ConditionQuantifier.ForAllValues), ("ForAnyValue:", ConditionQuantifier.ForAnyValue)];

    public static ImmutableArray<PolicyCondition> Read(JsonElement json, string path, List<PolicyDocumentFault> faults)
    {
        var conditions = ImmutableArray.CreateBuilder<PolicyCondition>();
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(path, "is not an object.", "Write { \"StringEquals\": { \"iot:ClientId\": \"a\" } }."));
            return [];
        }

        foreach (var line in json.EnumerateObject())
        {
            var place = $"{path}.{line.Name}";
            var (kind, quantifier, ifExists) = TakeApart(line.Name);
            if (!Operators.Contains(kind))
                faults.Add(new(place, "is not an operator.", $"Write one of {string.Join(", ", Operators)}, with ForAllValues: or ForAnyValue: before or IfExists after it."));
            else if (line.Value.ValueKind != JsonValueKind.Object)
                faults.Add(new(place, "is not an object.", "Write { \"iot:ClientId\": \"a\" }."));
            else
                ReadKeys(line.Value);

            void ReadKeys(JsonElement keys)
            {
                foreach (var key in keys.EnumerateObject())
                {
                    if (ReadKey(key, $"{place}.{key.Name}") is { } condition)
                        conditions.Add(condition);
                }
            }

            PolicyCondition? ReadKey(JsonProperty key, string keyPlace)
            {
                var isAddress = kind is "IpAddress" or "NotIpAddress";
                if (!PolicyVariable.TryParse(key.Name, out var variable))
                    return Fault(keyPlace, "is not a known key.", "Write the name of a policy variable, such as iot:ClientId, or iot:ConnectAttributes.");

                // A plain comparison with one of several values would allow what comes with it: a will along with a session.
                if (variable.IsList != (quantifier != ConditionQuantifier.TheValue))
                    return Fault(keyPlace, variable.IsList ? "has several values." : "has one value.", variable.IsList ? $"Write \"ForAllValues:{kind}\" or \"ForAnyValue:{kind}\"." : $"Write \"{kind}\".");

                if (isAddress && variable.Name != "aws:SourceIp")
                    return Fault(keyPlace, "is not an address.", "Compare aws:SourceIp.");

                ImmutableArray<JsonElement> items = key.Value.ValueKind == JsonValueKind.Array ? [.. key.Value.EnumerateArray()] : [key.Value];
                if (items.IsEmpty)
                    return Fault(keyPlace, "is empty.", "Write a value.");

                var values = ImmutableArray.CreateBuilder<PolicyPattern>();
                var ranges = ImmutableArray.CreateBuilder<AddressRange>();
                foreach (var item in items)
                {
                    var text = item.ValueKind switch
                    {
                        JsonValueKind.String => item.GetString()!,
                        JsonValueKind.True => "true",
                        JsonValueKind.False => "false",
                        _ => null,
                    };
                    if (text is null)
                        return Fault(keyPlace, $"holds {item.GetRawText()}.", "Write texts in quotation marks.");

                    if (kind == "Bool" && text is not ("true" or "false"))
                        return Fault(keyPlace, $"holds \"{text}\".", "Write \"true\" or \"false\".");

                    string? problem = null;
                    if (isAddress && SourceAddresses.RangeOf(text) is { } range)
                        ranges.Add(range);
                    else if (!isAddress && PolicyPattern.TryParse(text, hasWildcards: kind.EndsWith("Like", StringComparison.Ordinal), out var pattern, out problem))
                        values.Add(pattern);
                    else
                        return isAddress
                            ? Fault(keyPlace, $"holds \"{text}\".", "Write an address or a range, such as 203.0.113.0/24.")
                            : Fault(keyPlace, $"holds {problem}, which is not a variable with one value.", "Write a policy variable, or a text without ${ }.");
                }

                return new PolicyCondition(
                    line.Name,
                    variable,
                    values.DrainToImmutable(),
                    isAddress ? ranges.DrainToImmutable() : default,
                    Negated: kind.Contains("Not", StringComparison.Ordinal),
                    ifExists,
                    quantifier);
            }
        }

        return conditions.DrainToImmutable();

        PolicyCondition? Fault(string place, string problem, string mend)
        {
            faults.Add(new PolicyDocumentFault(place, problem, mend));
            return null;
        }
    }

    private static (string Operator, ConditionQuantifier Quantifier, bool IfExists) TakeApart(string text)
    {
        var quantifier = ConditionQuantifier.TheValue;
        foreach (var (prefix, meaning) in Quantifiers)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                (text, quantifier) = (text[prefix.Length..], meaning);
        }

        var ifExists = text.EndsWith(IfExists, StringComparison.Ordinal);
        return (ifExists ? text[..^IfExists.Length] : text, quantifier, ifExists);
    }
}
