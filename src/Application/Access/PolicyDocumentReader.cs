using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>
/// Reads a policy document as AWS IoT writes it. All its faults are found at once. What is not understood is a fault and never
/// passed over: a denial that is ignored would let in whom it should keep out.
/// </summary>
public sealed class PolicyDocumentReader
{
    /// <summary>Largest document. AWS takes 2,048 characters; every one counts against each message, so ours ends soon after.</summary>
    public const int MaxBytes = 16 * 1024;

    private const string Version = "2012-10-17";

    // Their actions are asked elsewhere than here; a document that moves here may keep them, and they allow nothing.
    private static readonly string[] OtherServices = ["greengrass:", "iotjobsdata:"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<PolicyDocumentFault> _faults = [];

    private PolicyDocumentReader()
    {
    }

    public static PolicyDocumentResult Read(string name, ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > MaxBytes)
            return PolicyDocumentResult.Invalid([new("$", $"has {utf8Json.Length} bytes.", $"Write at most {MaxBytes}, or divide it into several policies.")]);

        try
        {
            using var document = JsonDocument.Parse(utf8Json, Strict);
            return new PolicyDocumentReader().Read(name, document.RootElement);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            return PolicyDocumentResult.Invalid([new("$", $"is not JSON{place}: {e.Message.Split(" LineNumber")[0]}", "Write one JSON object; no name in it twice.")]);
        }
    }

    public static PolicyDocumentResult Read(string name, string json) => Read(name, Encoding.UTF8.GetBytes(json));

    private PolicyDocumentResult Read(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return PolicyDocumentResult.Invalid([new("$", "is not an object.", $"Write {{ \"Version\": \"{Version}\", \"Statement\": [ … ] }}.")]);

        AllowOnly(json, "", "Version", "Id", "Statement");
        if (!json.TryGetProperty("Version", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals(Version))
            Fault("Version", "is not the version that has variables.", $"Write \"{Version}\".");

        var statements = ImmutableArray.CreateBuilder<PolicyStatement>();
        foreach (var (path, statement) in OneOrMore(json, "", "Statement", "Write a list of { \"Effect\": …, \"Action\": …, \"Resource\": … }."))
            statements.Add(ReadStatement(statement, path));

        return _faults.Count > 0 ? PolicyDocumentResult.Invalid(_faults) : PolicyDocumentResult.Valid(new Policy(name, statements.DrainToImmutable()));
    }

    private PolicyStatement ReadStatement(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Fault(path, "is not an object.", "Write { \"Effect\": …, \"Action\": …, \"Resource\": … }.");
            return new PolicyStatement(null, PolicyEffect.Deny, PolicyActions.None, []);
        }

        var prefix = path + ".";
        AllowOnly(json, prefix, "Sid", "Effect", "Action", "Resource", "Condition");
        string? id = null;
        if (json.TryGetProperty("Sid", out var sid) && (id = TextOf(sid)) is null)
            Fault(prefix + "Sid", "is not a text.", "Write it in quotation marks, or leave it out.");

        var isDeny = json.TryGetProperty("Effect", out var effect) && TextOf(effect) == "Deny";
        if (!isDeny && TextOf(effect) != "Allow")
            Fault(prefix + "Effect", "is neither of its values.", "Write \"Allow\" or \"Deny\".");

        var actions = PolicyActions.None;
        foreach (var (place, action) in OneOrMore(json, prefix, "Action", "Write \"iot:Publish\" or a list of actions."))
            actions |= ReadAction(action, place);

        var resources = ImmutableArray.CreateBuilder<PolicyResource>();
        foreach (var (place, resource) in OneOrMore(json, prefix, "Resource", $"Write {PolicyResource.Rule}."))
        {
            var problem = "not a text.";
            if (TextOf(resource) is { } text && PolicyResource.TryParse(text, out var read, out problem))
                resources.Add(read);
            else
                Fault(place, $"is {Shown(resource)}, {problem}", $"Write {PolicyResource.Rule}.");
        }

        var conditions = json.TryGetProperty("Condition", out var condition)
            ? PolicyConditionReader.Read(condition, prefix + "Condition", _faults)
            : [];
        return new PolicyStatement(id, isDeny ? PolicyEffect.Deny : PolicyEffect.Allow, actions, resources.DrainToImmutable(), conditions);
    }

    private PolicyActions ReadAction(JsonElement json, string path)
    {
        var name = TextOf(json) ?? "";
        if (OtherServices.Any(service => name.StartsWith(service, StringComparison.Ordinal)))
            return PolicyActions.None;

        var actions = PolicyActionNames.Named(name);
        if (actions == PolicyActions.None)
        {
            var meant = PolicyActionNames.All.Select(PolicyActionNames.Of).FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
            var mend = meant is null ? $"Write one of {string.Join(", ", PolicyActionNames.All.Select(PolicyActionNames.Of))}, or \"iot:*\"." : $"Write \"{meant}\".";
            Fault(path, $"is {Shown(json)}, which is not an action.", mend);
        }

        return actions;
    }

    /// <summary>The items of a list, or the one that stands there without a list.</summary>
    private IEnumerable<(string Path, JsonElement Item)> OneOrMore(JsonElement json, string prefix, string field, string mend)
    {
        if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
        {
            Fault(prefix + field, "is missing or empty.", mend);
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, index) => ($"{prefix}{field}[{index}]", item))
            : [(prefix + field, value)];
    }

    private void AllowOnly(JsonElement json, string prefix, params ReadOnlySpan<string> known)
    {
        foreach (var field in json.EnumerateObject())
        {
            if (known.Contains(field.Name))
                continue;

            var mend = field.Name is "NotAction" or "NotResource"
                ? $"Write {field.Name[3..]} with what is meant; it is not supported to name what is not."
                : $"Remove it; known are {string.Join(", ", known)}.";
            Fault(prefix + field.Name, "is not a field of a policy.", mend);
        }
    }

    private void Fault(string path, string problem, string mend) => _faults.Add(new PolicyDocumentFault(path, problem, mend));

    private static string? TextOf(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString() : null;

    private static string Shown(JsonElement json)
    {
        const int Longest = 60;
        var text = json.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }
}
