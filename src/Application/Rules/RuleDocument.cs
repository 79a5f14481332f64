using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Rules;

/// <summary>A rule as integrators read and write it. <see cref="RuleDocumentReader"/> reads one, naming every fault.</summary>
public sealed record RuleDocument
{
    /// <summary>Stable code of the answer to a document with faults.</summary>
    public const string InvalidCode = "rule.invalid";

    /// <summary>1 to 128 of the characters a-z A-Z 0-9 : _ -</summary>
    public required string RuleId { get; init; }

    /// <summary>For people. The rule's id where it is left out.</summary>
    public string? Name { get; init; }

    /// <summary>For people: what to do about it.</summary>
    public string? Description { get; init; }

    /// <summary>A device type, or <c>all</c> (default).</summary>
    public string? DeviceType { get; init; }

    /// <summary>Only these devices; empty (default) for every device of the type.</summary>
    public IReadOnlyList<string>? DeviceIds { get; init; }

    public required RuleDocumentCondition Condition { get; init; }

    /// <summary>Where a firing rule clears (hysteresis). Left out, it clears as soon as the condition no longer holds.</summary>
    public double? ClearThreshold { get; init; }

    /// <summary><c>info</c>, <c>warning</c> (default) or <c>critical</c>.</summary>
    public string? Severity { get; init; }

    /// <summary><c>active</c> (default) or <c>inactive</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The least seconds between two alerts of this rule on one device. Default 300.</summary>
    public double? CooldownPeriod { get; init; }

    public RuleDocumentActions? Actions { get; init; }

    /// <summary>1 for the first definition, one more with each change. Set by the platform; what is written here is passed over.</summary>
    public long? Version { get; init; }

    public static RuleDocument Of(Rule rule) => new()
    {
        RuleId = rule.Id.Value,
        Name = rule.Name,
        Description = rule.Description,
        DeviceType = rule.DeviceType,
        DeviceIds = [.. rule.DeviceIds.Select(device => device.Value)],
        Condition = RuleDocumentCondition.Of(rule.Condition),
        ClearThreshold = rule.ClearThreshold,
        Severity = RuleDocumentWords.Of(rule.Severity),
        Status = rule.Active ? RuleDocumentWords.Active : RuleDocumentWords.Inactive,
        CooldownPeriod = rule.Cooldown.TotalSeconds,
        Actions = RuleDocumentActions.Of(rule.Actions),
        Version = rule.Version,
    };
}

/// <summary>"<c>metric operator threshold</c> for <c>duration</c> seconds".</summary>
public sealed record RuleDocumentCondition
{
    /// <summary>A metric that devices report, or <c>$status</c>: <c>online</c>, <c>offline</c> or <c>maintenance</c>.</summary>
    public required string Metric { get; init; }

    /// <summary><c>&gt;</c>, <c>&lt;</c>, <c>&gt;=</c>, <c>&lt;=</c>, <c>==</c> or <c>!=</c>.</summary>
    public required string Operator { get; init; }

    /// <summary>A number; or a text or a boolean, which are compared by <c>==</c> and <c>!=</c> alone.</summary>
    public required MetricValue Threshold { get; init; }

    /// <summary>Seconds for which the condition must hold without a break before the rule fires. Default 0: at once.</summary>
    public double? Duration { get; init; }

    internal static RuleDocumentCondition Of(RuleCondition condition) => new()
    {
        Metric = condition.Metric.Value,
        Operator = condition.OperatorSymbol,
        Threshold = condition.Threshold,
        Duration = condition.Duration.TotalSeconds,
    };
}

/// <summary>Who is told, and when.</summary>
public sealed record RuleDocumentActions
{
    /// <summary>Names of channels: <c>slack</c>. One that is not configured is passed over. Default none.</summary>
    public IReadOnlyList<string>? Notifications { get; init; }

    /// <summary>Addresses (http or https) that get a signed POST. Default none.</summary>
    public IReadOnlyList<string>? Webhooks { get; init; }

    /// <summary>Which steps are told: <c>triggered</c>, <c>acknowledged</c>, <c>resolved</c>. Default <c>triggered</c> alone.</summary>
    public IReadOnlyList<string>? On { get; init; }

    internal static RuleDocumentActions Of(RuleActions actions) => new()
    {
        Notifications = actions.Notifications,
        Webhooks = [.. actions.Webhooks.Select(address => address.OriginalString)],
        On = RuleDocumentWords.Of(actions.On),
    };
}
