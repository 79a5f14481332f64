namespace OrleansIot.TestKit.Time;

/// <summary>Waits that end, and say what was missing.</summary>
public static class TimeLimit
{
    /// <summary>Far beyond what anything takes here, on a machine that is slow and has other work too; only a test that fails waits so long.</summary>
    public static TimeSpan Usual { get; } = TimeSpan.FromSeconds(60);

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
