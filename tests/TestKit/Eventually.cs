using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit;

/// <summary>For what a test can only see by asking again, such as another process's answer: asks at a short interval until it is so.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <param name="what">What was expected, for the message when it did not come.</param>
    /// <param name="ask">Null: not yet.</param>
    public static async Task<T> Is<T>(string what, Func<Task<T?>> ask, TimeSpan? within = null)
        where T : class
    {
        var limit = within ?? TimeLimit.Usual;
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        do
        {
            if (await ask() is { } answer)
                return answer;
        }
        while (TimeProvider.System.GetElapsedTime(started) < limit && await timer.WaitForNextTickAsync());

        throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}.");
    }

    public static Task IsTrue(string what, Func<Task<bool>> ask, TimeSpan? within = null) =>
        Is(what, async () => await ask() ? what : null, within);
}
