using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Notifications.Webhooks;

/// <summary>How webhooks are called.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Notifications:Webhook";

    /// <summary>
    /// Signs each call, so that its receiver can tell it from anybody else's; at least 16 characters. Default none: calls then go
    /// out without a signature, and a receiver should sit where only this host can reach it.
    /// </summary>
    [MinLength(16, ErrorMessage = "Notifications:Webhook:Secret is too short: at least 16 characters, for instance from 'openssl rand -hex 32'.")]
    public string? Secret { get; set; }
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
