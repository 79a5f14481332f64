using Microsoft.Extensions.Options;
using OrleansIot.Notifications.Http;

namespace OrleansIot.Notifications;

/// <summary>What all channels share.</summary>
public sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>Where people reach the dashboard, for the links in messages: <c>https://iot.example.org</c>. Default none: messages then have no link.</summary>
    [AbsoluteHttpAddress]
    public string? DashboardUrl { get; set; }
}

[OptionsValidator]
internal sealed partial class NotificationOptionsValidator : IValidateOptions<NotificationOptions>;
