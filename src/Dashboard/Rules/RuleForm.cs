using System.Collections.Immutable;
using System.Globalization;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Rules;

/// <summary>A rule as somebody types it. <see cref="Build"/> makes the rule, or says of each field what to mend.</summary>
public sealed class RuleForm
{
    private const string Slack = "slack";
    private const char IdGap = '-';

    private readonly Rule? _edited;
    private Dictionary<string, string> _mends = [];

    public RuleForm()
    {
    }

    private RuleForm(Rule edited) => _edited = edited;

    public bool IsNew => _edited is null;

    /// <summary>Version that is being changed; 0 for a new rule.</summary>
    public long Version => _edited?.Version ?? 0;

    /// <summary>By name of the property: what is wrong, and the mend.</summary>
    public IReadOnlyDictionary<string, string> Mends => _mends;

    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string DeviceType { get; set; } = Rule.AllTypes;

    /// <summary>With commas between; empty for every device of the type.</summary>
    public string DeviceIds { get; set; } = "";

    public string Metric { get; set; } = "";

    public ComparisonOperator Operator { get; set; } = ComparisonOperator.Above;

    public string Threshold { get; set; } = "";

    public string DurationSeconds { get; set; } = "0";

    public string ClearThreshold { get; set; } = "";

    public Severity Severity { get; set; } = Severity.Warning;

    public bool Active { get; set; } = true;

    public string CooldownSeconds { get; set; } = "300";

    /// <summary>One a line.</summary>
    public string Webhooks { get; set; } = "";

    public bool ToSlack { get; set; }

    public bool OnTriggered { get; set; } = true;

    public bool OnAcknowledged { get; set; }

    public bool OnResolved { get; set; }

    public static RuleForm Of(Rule rule) => new(rule)
    {
        Id = rule.Id.Value,
        Name = rule.Name,
        Description = rule.Description ?? "",
        DeviceType = rule.DeviceType,
        DeviceIds = string.Join(", ", rule.DeviceIds),
        Metric = rule.Condition.Metric.Value,
        Operator = rule.Condition.Operator,
        Threshold = rule.Condition.Threshold.ToString(),
        DurationSeconds = Text(rule.Condition.Duration.TotalSeconds),
        ClearThreshold = rule.ClearThreshold is { } clear ? Text(clear) : "",
        Severity = rule.Severity,
        Active = rule.Active,
        CooldownSeconds = Text(rule.Cooldown.TotalSeconds),
        Webhooks = string.Join('\n', rule.Actions.Webhooks),
        ToSlack = rule.Actions.Notifications.Contains(Slack),
        OnTriggered = rule.Actions.On.HasFlag(AlertTransitions.Triggered),
        OnAcknowledged = rule.Actions.On.HasFlag(AlertTransitions.Acknowledged),
        OnResolved = rule.Actions.On.HasFlag(AlertTransitions.Resolved),
    };

    /// <summary>The id that a name suggests: <c>Boiler too hot</c> is <c>boiler-too-hot</c>.</summary>
    public static string SuggestId(string name)
    {
        var characters = name.Trim().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : IdGap);
        var words = new string([.. characters]).Split(IdGap, StringSplitOptions.RemoveEmptyEntries);
        var id = string.Join(IdGap, words);
        return id.Length <= DeviceId.MaxLength ? id : id[..DeviceId.MaxLength];
    }

    /// <summary>Null while something is to be mended.</summary>
    /// <param name="isTaken">Whether a rule of that id is there already.</param>
    public Rule? Build(Func<RuleId, bool> isTaken)
    {
        _mends = [];
        var id = ReadId(isTaken);
        var metric = ReadMetric();
        var threshold = ReadThreshold();
        var clear = ReadClearThreshold(threshold);
        var devices = ReadDevices();
        var webhooks = ReadWebhooks();
        var duration = ReadSeconds(nameof(DurationSeconds), DurationSeconds);
        var cooldown = ReadSeconds(nameof(CooldownSeconds), CooldownSeconds);
        if (string.IsNullOrWhiteSpace(Name))
            Mend(nameof(Name), "Give the rule a name; alerts carry it.");

        return _mends.Count > 0 ? null : new Rule(
            id,
            Name.Trim(),
            string.IsNullOrWhiteSpace(Description) ? null : Description.Trim(),
            string.IsNullOrWhiteSpace(DeviceType) ? Rule.AllTypes : DeviceType.Trim(),
            devices,
            new RuleCondition(metric, Operator, threshold, duration),
            clear,
            Severity,
            Active,
            cooldown,
            new RuleActions(Channels(), webhooks, Transitions()),
            Version);
    }

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static string[] Split(string list, params char[] separators) =>
        list.Split(separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private void Mend(string field, string mend) => _mends.TryAdd(field, mend);

    private RuleId ReadId(Func<RuleId, bool> isTaken)
    {
        if (_edited is not null)
            return _edited.Id;

        var text = string.IsNullOrWhiteSpace(Id) ? SuggestId(Name) : Id.Trim();
        if (text.Length == 0)
            return default; // for want of a name, which is what is to be mended

        if (!RuleId.TryParse(text, out var id))
            Mend(nameof(Id), $"An id is {RuleId.Rule}.");
        else if (isTaken(id))
            Mend(nameof(Id), $"There is a rule {id} already; choose another id.");

        return id;
    }

    private MetricName ReadMetric()
    {
        if (!MetricName.TryParseForRule(Metric.Trim(), out var metric))
            Mend(nameof(Metric), $"Name a metric as devices send it, or {MetricName.Status} for online and offline.");

        return metric;
    }

    private MetricValue ReadThreshold()
    {
        var text = Threshold.Trim();
        var isEquality = Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        if (TryNumber(text, out var number))
            return MetricValue.Of(number);

        if (text.Length is 0 or > MetricValue.MaxTextLength)
            Mend(nameof(Threshold), isEquality ? "Say what to compare with: a number, true, false or a word." : "Say what to compare with: a number.");
        else if (!isEquality)
            Mend(nameof(Threshold), $"'{text}' is not a number; words are compared by == or !=.");

        if (_mends.ContainsKey(nameof(Threshold)))
            return default;

        return bool.TryParse(text, out var boolean) ? MetricValue.Of(boolean) : MetricValue.Of(text);
    }

    private double? ReadClearThreshold(MetricValue threshold)
    {
        if (string.IsNullOrWhiteSpace(ClearThreshold))
            return null;

        if (!TryNumber(ClearThreshold, out var clear))
        {
            Mend(nameof(ClearThreshold), $"'{ClearThreshold.Trim()}' is not a number; leave it empty to clear at the threshold.");
            return null;
        }

        switch (Operator)
        {
            case ComparisonOperator.Above or ComparisonOperator.AtLeast when clear > threshold.Number:
                Mend(nameof(ClearThreshold), $"A rule that fires above {threshold} clears at {threshold} or below.");
                break;
            case ComparisonOperator.Below or ComparisonOperator.AtMost when clear < threshold.Number:
                Mend(nameof(ClearThreshold), $"A rule that fires below {threshold} clears at {threshold} or above.");
                break;
            case ComparisonOperator.Equal or ComparisonOperator.NotEqual:
                Mend(nameof(ClearThreshold), "Leave it empty: a rule of equality clears when it no longer holds.");
                break;
        }

        return clear;
    }

    private ImmutableArray<DeviceId> ReadDevices()
    {
        var devices = ImmutableArray.CreateBuilder<DeviceId>();
        foreach (var text in Split(DeviceIds, ',', '\n', ' '))
        {
            if (DeviceId.TryParse(text, out var device))
                devices.Add(device);
            else
                Mend(nameof(DeviceIds), $"'{text}' is not a device id: {DeviceId.Rule}.");
        }

        return [.. devices.Distinct()];
    }

    private ImmutableArray<Uri> ReadWebhooks()
    {
        var webhooks = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in Split(Webhooks, '\n', ' ', ','))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp))
                webhooks.Add(address);
            else
                Mend(nameof(Webhooks), $"'{text}' is not an address; write it in full: https://example.org/hook.");
        }

        return [.. webhooks.Distinct()];
    }

    private TimeSpan ReadSeconds(string field, string text)
    {
        if (TryNumber(string.IsNullOrWhiteSpace(text) ? "0" : text, out var seconds) && seconds is >= 0 and <= 30 * 86_400)
            return TimeSpan.FromSeconds(seconds);

        Mend(field, "Give seconds: a number from 0 to 2,592,000 (30 days).");
        return default;
    }

    // Channels that this form does not show stay as they are.
    private ImmutableArray<string> Channels()
    {
        var others = (_edited?.Actions.Notifications ?? []).Remove(Slack);
        return ToSlack ? others.Add(Slack) : others;
    }

    private AlertTransitions Transitions() =>
        (OnTriggered ? AlertTransitions.Triggered : AlertTransitions.None)
        | (OnAcknowledged ? AlertTransitions.Acknowledged : AlertTransitions.None)
        | (OnResolved ? AlertTransitions.Resolved : AlertTransitions.None);
}
