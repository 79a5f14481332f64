using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Application.Notifications;

/// <summary>How messages are brought to where they go.</summary>
public sealed class DeliveryOptions
{
    public const string Section = "Notifications:Delivery";

    /// <summary>How long one attempt may take. Default 10 s.</summary>
    // What Slack and most webhook senders allow; a receiver that needs longer should answer first and work later.
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Targets that are served at the same time; each gets its messages one after the other. Default 8.</summary>
    [Range(1, 256)]
    public int Parallelism { get; set; } = 8;

    /// <summary>Attempts before a message is given up. Default 12: with the delays below, over about 23 hours.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>Wait after the first attempt; each further wait is three times the one before. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts. Default 6 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Age at which a message is given up however few attempts it had, because its target failed all along. Default 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;
