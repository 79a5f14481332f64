using System.Globalization;
using System.Text.Json.Serialization;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Notifications.Slack;

/// <summary>A message as Slack takes it: blocks, and a text for notifications and screen readers.</summary>
internal sealed record SlackMessage(string Text, IReadOnlyList<SlackBlock> Blocks)
{
    private const int MaxHeaderLength = 150;

    /// <param name="dashboard">Null: no link.</param>
    public static SlackMessage Of(OutboxMessage message, Uri? dashboard)
    {
        var alert = message.Alert;
        var device = message.DeviceName ?? alert.Device.Value;
        var title = $"{Sign(message)} {Step(message)}: {alert.RuleName} on {device}";
        SlackText[] fields =
        [
            SlackText.Markdown($"*Severity*\n{AlertDocument.WordOf(alert.Severity)}"),
            SlackText.Markdown($"*Device*\n{Escape(message.DeviceName is null ? alert.Device.Value : $"{message.DeviceName} ({alert.Device})")}"),
            SlackText.Markdown($"*Condition*\n`{Escape(alert.Condition)}`"),
            SlackText.Markdown($"*Value*\n{Escape(alert.ActualValue.ToString())}"),
        ];
        var context = string.Join(" · ", Context(message, dashboard));
        return new SlackMessage(
            Escape(title),
            [
                new SlackBlock("header", Text: SlackText.Plain(title.Length <= MaxHeaderLength ? title : title[..(MaxHeaderLength - 1)] + "…")),
                new SlackBlock("section", Fields: fields),
                new SlackBlock("context", Elements: [SlackText.Markdown(context)]),
            ]);
    }

    private static IEnumerable<string> Context(OutboxMessage message, Uri? dashboard)
    {
        var alert = message.Alert;
        yield return string.Create(CultureInfo.InvariantCulture, $"<!date^{alert.TriggeredAt.UnixMilliseconds / 1000}^triggered {{date_short_pretty}} {{time_secs}}|triggered {alert.TriggeredAt}>");
        if (message.Transition == AlertTransitions.Acknowledged && alert.AcknowledgedBy is { } acknowledgedBy)
            yield return $"acknowledged by {Escape(acknowledgedBy)}";

        if (message.Transition == AlertTransitions.Resolved && alert.ResolvedAt is { } resolvedAt)
            yield return $"{Resolution(alert)} after {Duration(resolvedAt - alert.TriggeredAt)}";

        if (dashboard is not null)
            yield return $"<{new Uri(dashboard, $"devices/{Uri.EscapeDataString(alert.Device.Value)}")}|Open in the dashboard>";
    }

    private static string Sign(OutboxMessage message) => (message.Transition, message.Alert.Severity) switch
    {
        (AlertTransitions.Resolved, _) => "✅",
        (AlertTransitions.Acknowledged, _) => "👀",
        (_, Severity.Critical) => "🔴",
        (_, Severity.Warning) => "🟠",
        _ => "🔵",
    };

    private static string Step(OutboxMessage message) => message.Transition switch
    {
        AlertTransitions.Resolved => "Resolved",
        AlertTransitions.Acknowledged => "Acknowledged",
        _ => message.Alert.Severity.ToString(),
    };

    private static string Resolution(Alert alert) => alert.Resolution switch
    {
        AlertResolution.Manual => $"resolved by {Escape(alert.ResolvedBy ?? "somebody")}",
        AlertResolution.RuleGone => "closed, its rule is gone,",
        _ => "cleared",
    };

    private static string Duration(TimeSpan span) => span switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
    };

    // What devices and people named could otherwise mention everybody, or be a link that says something else.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

internal sealed record SlackBlock(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SlackText? Text = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SlackText>? Fields = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SlackText>? Elements = null);

internal sealed record SlackText(string Type, string Text)
{
    public static SlackText Plain(string text) => new("plain_text", text);

    public static SlackText Markdown(string text) => new("mrkdwn", text);
}
