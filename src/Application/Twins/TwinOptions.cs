using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>How twins are kept.</summary>
public sealed class TwinOptions
{
    public const string Section = "Twins";

    /// <summary>How long a device without a connection of its own may be silent before it counts as offline. Default 60 s.</summary>
    // Two or three missed readings at the intervals that agents commonly use (10 to 30 s).
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan HeartbeatLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often twins that changed are snapshotted. Default 30 s.</summary>
    // Bounds the events to fold at a start: at 20,000 readings/s, 600,000 of them, about two seconds.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Commands that wait for one twin and will be executed; those behind them can still be given up by their senders. Default 1,024.</summary>
    // Ten connections with a full receive window of 100 each: more for one device is a flood, and slows its senders only.
    [Range(1, 1_000_000)]
    public int MailboxCapacity { get; set; } = 1_024;

    public PresencePolicy Presence => new(HeartbeatLimit);
}

[OptionsValidator]
internal sealed partial class TwinOptionsValidator : IValidateOptions<TwinOptions>;
