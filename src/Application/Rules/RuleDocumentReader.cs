using System.Text;
using System.Text.Json;
using OrleansIot.Application.Documents;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>Reads a rule document. All its faults are found at once, so that its writer mends it in one go.</summary>
public sealed class RuleDocumentReader
{
    private const int MaxNameLength = 128;
    private const int MaxDescriptionLength = 1_024;
    private const int MaxDevices = 10_000;
    private const int MaxTargets = 20;
    private const int MaxAddressLength = 2_048;
    private const int MaxChannelLength = 32;
    private static readonly TimeSpan DefaultCooldown = TimeSpan.FromSeconds(300);

    // A name given twice would leave it to chance which one counts.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<DocumentFault> _faults = [];

    private RuleDocumentReader()
    {
    }

    /// <param name="named">The rule that the caller spoke of (in the address of a request): the document may leave it out, but not name another.</param>
    public static RuleDocumentResult Read(ReadOnlyMemory<byte> utf8Json, RuleId? named = null)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, Strict);
            return new RuleDocumentReader().Read(document.RootElement, named);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            return RuleDocumentResult.Invalid([new("$", $"is not JSON{place}: {e.Message.Split(" LineNumber")[0]}", "Write one JSON object; no name in it twice.")]);
        }
    }

    public static RuleDocumentResult Read(string json, RuleId? named = null) => Read(Encoding.UTF8.GetBytes(json), named);

    private RuleDocumentResult Read(JsonElement json, RuleId? named)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return RuleDocumentResult.Invalid([new("$", "is not an object.", "Write { \"ruleId\": …, \"condition\": { … } }.")]);

        var fields = new DocumentFields(json, "", _faults);
        fields.AllowOnly(
            "ruleId", "name", "description", "deviceType", "deviceIds", "condition", "clearThreshold", "severity", "status",
            "cooldownPeriod", "actions", "version");
        var id = ReadId(fields, named);
        var (condition, clearThreshold) = ReadCondition(fields);
        var name = fields.Text("name", MaxNameLength);
        var description = fields.Text("description", MaxDescriptionLength);
        var deviceType = fields.Text("deviceType", DeviceDescription.MaxTextLength);
        var devices = fields.List("deviceIds", MaxDevices, ReadDevice, "which is not a device id.", $"A device id has {DeviceId.Rule}.");
        var severity = fields.Word("severity", RuleDocumentWords.Severities);
        var active = fields.Word("status", RuleDocumentWords.Activity);
        var cooldown = fields.Seconds("cooldownPeriod");
        var actions = ReadActions(fields);
        var version = ReadVersion(fields);
        return _faults.Count > 0 || id is null || condition is null
            ? RuleDocumentResult.Invalid(_faults)
            : RuleDocumentResult.Valid(new Rule(
                id.Value,
                name ?? id.Value.Value,
                description,
                deviceType ?? Rule.AllTypes,
                [.. devices?.Select(device => device!.Value) ?? []],
                condition,
                clearThreshold,
                severity ?? Severity.Warning,
                active ?? true,
                cooldown ?? DefaultCooldown,
                actions,
                version));
    }

    private static RuleId? ReadId(DocumentFields fields, RuleId? named)
    {
        if (fields.Find("ruleId") is not { } value)
        {
            if (named is null)
                fields.Fault("ruleId", "is missing.", "Write a name for the rule that stays: \"temperature-high\".");

            return named;
        }

        if (value.ValueKind != JsonValueKind.String || !RuleId.TryParse(value.GetString(), out var id))
            fields.Fault("ruleId", $"is {DocumentFields.Shown(value)}, which is not a rule id.", $"A rule id has {RuleId.Rule}.");
        else if (named is { } expected && id != expected)
            fields.Fault("ruleId", $"is \"{id}\", but the address names \"{expected}\".", "Leave it out, or write the same.");
        else
            return id;

        return null;
    }

    private static (RuleCondition? Condition, double? ClearThreshold) ReadCondition(DocumentFields fields)
    {
        const string Example = "Write { \"metric\": \"temperature\", \"operator\": \">\", \"threshold\": 70 }.";
        if (fields.Find("condition") is null)
            fields.Fault("condition", "is missing.", Example);

        var clearThreshold = fields.Number("clearThreshold");
        return fields.Object("condition", Example) is { } condition
            ? RuleDocumentConditionReader.Read(fields, condition, clearThreshold)
            : (null, null);
    }

    private static DeviceId? ReadDevice(JsonElement item) =>
        item.ValueKind == JsonValueKind.String && DeviceId.TryParse(item.GetString(), out var device) ? device : null;

    private static RuleActions ReadActions(DocumentFields fields)
    {
        if (fields.Object("actions", "Write { \"notifications\": [\"slack\"], \"webhooks\": [] }.") is not { } actions)
            return RuleActions.None;

        actions.AllowOnly("notifications", "webhooks", "on");
        var channels = actions.List(
            "notifications", MaxTargets, ReadChannel, "which is not the name of a channel.", "Write its name, such as \"slack\"; a webhook's address goes to actions.webhooks.");
        var webhooks = actions.List(
            "webhooks", MaxTargets, ReadAddress, "which cannot be called.", $"Write an absolute http or https address of at most {MaxAddressLength} characters, without user name, password or #.");
        var on = actions.List(
            "on", RuleDocumentWords.Steps.Length, ReadStep, "which is not a step of an alert.", DocumentFields.OneOf(RuleDocumentWords.Steps));
        var steps = on?.Aggregate(AlertTransitions.None, (all, one) => all | one!.Value);
        return new RuleActions(channels ?? [], webhooks ?? [], steps ?? AlertTransitions.Triggered);
    }

    private static string? ReadChannel(JsonElement item) =>
        item.ValueKind == JsonValueKind.String
        && item.GetString() is { Length: > 0 and <= MaxChannelLength } name
        && name != AlertMessages.WebhookChannel
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? name
            : null;

    private static Uri? ReadAddress(JsonElement item) =>
        item.ValueKind == JsonValueKind.String
        && item.GetString() is { Length: <= MaxAddressLength } text
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address is { UserInfo: "", Fragment: "" }
            ? address
            : null;

    private static AlertTransitions? ReadStep(JsonElement item) => DocumentFields.Meaning(item, RuleDocumentWords.Steps);

    private static long ReadVersion(DocumentFields fields)
    {
        if (fields.Find("version") is not { } value)
            return 0;

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var version) && version >= 0)
            return version;

        fields.Fault("version", $"is {DocumentFields.Shown(value)}, which is not a version.", "Leave it out: the platform counts versions.");
        return 0;
    }
}
