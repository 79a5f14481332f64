using Microsoft.Extensions.Options;
using OrleansIot.Notifications.Http;

namespace OrleansIot.Notifications.Slack;

/// <summary>Where Slack messages go.</summary>
public sealed class SlackOptions
{
    public const string Section = "Notifications:Slack";

    /// <summary>
    /// The address of an incoming webhook (Slack: <c>api.slack.com/messaging/webhooks</c>). Whoever knows it can post: it is a
    /// secret, and never logged. Default none: rules that name <c>slack</c> then tell nobody.
    /// </summary>
    [AbsoluteHttpAddress]
    public string? WebhookUrl { get; set; }
}

[OptionsValidator]
internal sealed partial class SlackOptionsValidator : IValidateOptions<SlackOptions>;
