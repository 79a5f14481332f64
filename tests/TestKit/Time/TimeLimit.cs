namespace OrleansIot.TestKit.Time;

/// <summary>Waits that end, and say what was missing.</summary>
public static class TimeLimit
{
    // Far beyond what anything here takes on a busy machine; only a test that fails waits so long.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    public static Task Within(this Task task, string what) => task.Within(Usual, what);

    public static Task<T> Within<T>(this Task<T> task, string what) => task.Within(Usual, what);

    public static async Task Within(this Task task, TimeSpan limit, string what)
    {
        try
        {
            await task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, TimeSpan limit, string what)
    {
        await ((Task)task).Within(limit, what);
        return await task;
    }
}
