using Microsoft.Extensions.Options;

namespace OrleansIot.Application.Notifications;

/// <summary>When a message is tried again.</summary>
internal sealed class RetrySchedule(IOptions<DeliveryOptions> options)
{
    private const double Growth = 3;
    private const double Jitter = 0.2;

    private readonly DeliveryOptions _options = options.Value;

    /// <param name="attempts">How many there were, at least one.</param>
    /// <param name="asked">What the other side asked for; it knows better than the schedule, within reason.</param>
    /// <param name="random">From 0 to 1: spreads what failed together, and only ever shortens a wait.</param>
    public TimeSpan DelayAfter(int attempts, TimeSpan? asked, double random)
    {
        if (asked is { } wish)
            return TimeSpan.FromTicks(Math.Clamp(wish.Ticks, TimeSpan.TicksPerSecond, _options.MaxDelay.Ticks));

        var seconds = Math.Min(_options.FirstDelay.TotalSeconds * Math.Pow(Growth, attempts - 1), _options.MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - (Jitter * random)));
    }
}
