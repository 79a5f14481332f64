using System.Collections.Concurrent;
using OrleansIot.Domain;

namespace OrleansIot.Application.Notifications;

/// <summary>
/// Targets that keep failing are left alone for a while, then tried with one message: their backlog then costs one attempt, not
/// a time-out for each message. Forgotten at a restart, which at worst costs a few attempts.
/// </summary>
internal sealed class TargetCircuits
{
    private const int FailuresToOpen = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    // Only targets that failed last time.
    private readonly ConcurrentDictionary<string, Circuit> _failing = new(StringComparer.Ordinal);

    /// <summary>Until when the target is left alone; null where it may be tried.</summary>
    public Instant? ClosedUntil(string target, Instant now) =>
        _failing.TryGetValue(target, out var circuit) && circuit.PausedUntil > now ? circuit.PausedUntil : null;

    public void Succeeded(string target) => _failing.TryRemove(target, out _);

    /// <param name="askedPause">What the target itself asked for.</param>
    public void Failed(string target, Instant now, TimeSpan? askedPause) =>
        _failing.AddOrUpdate(target, _ => Failed(new Circuit(0, now), now, askedPause), (_, before) => Failed(before, now, askedPause));

    private static Circuit Failed(Circuit before, Instant now, TimeSpan? askedPause)
    {
        var failures = before.Failures + 1;
        var pause = failures < FailuresToOpen ? TimeSpan.Zero : Min(FirstPause * Math.Pow(2, Math.Min(failures - FailuresToOpen, 10)), LongestPause);
        return new Circuit(failures, now + (askedPause > pause ? Min(askedPause.Value, LongestPause) : pause));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed record Circuit(int Failures, Instant PausedUntil);
}
