namespace OrleansIot.Mqtt.Client;

/// <summary>How an <see cref="MqttClient"/> comes back after a connection was lost or refused.</summary>
public sealed class MqttReconnectOptions
{
    /// <summary>Upper bound of the first delay; each further one doubles it. Default 1 s.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Upper bound of every delay. Default 60 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Upper bound of the delay after a refusal that trying again alone does not mend: bad credentials, not authorised, banned, a
    /// certificate that is not trusted. Default 5 min.
    /// </summary>
    // Somebody has to mend it first; until then a fleet that keeps knocking is noise in the server's log, or gets itself banned.
    public TimeSpan RefusedDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether QoS 1 and 2 messages that were not acknowledged are sent again, with DUP, on the next connection;
    /// otherwise their calls fail with <see cref="MqttConnectionLostException"/>. Default true.
    /// </summary>
    public bool ResendUnacknowledged { get; init; } = true;

    /// <summary>Source of the jitter that keeps a fleet from returning all at once. Default <see cref="Random.Shared"/>.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The delay before attempt number <paramref name="attempt"/> (from 0): between half the bound and the bound.</summary>
    internal TimeSpan DelayBefore(int attempt)
    {
        // 2^30 initial delays exceed any sensible MaxDelay, and the shift stays in range.
        var bound = Math.Min(MaxDelay.TotalMilliseconds, InitialDelay.TotalMilliseconds * (1L << Math.Min(attempt, 30)));
        return Jittered(bound);
    }

    /// <summary>The delay after a connection that could not be made.</summary>
    internal TimeSpan DelayAfter(MqttConnectException cause, int attempt) =>
        cause.IsTransient ? DelayBefore(attempt) : Jittered(RefusedDelay.TotalMilliseconds);

    private TimeSpan Jittered(double bound) => TimeSpan.FromMilliseconds(bound * (0.5 + (0.5 * Random.NextDouble())));
}
