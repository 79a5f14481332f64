namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Awaits with a limit whose message says what was missing.</summary>
internal static class Within
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task<T> Limits<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}.");
        }
    }

    public static Task Limits(Task task, string what) => Limits(AsValue(task), what);

    private static async Task<bool> AsValue(Task task)
    {
        await task;
        return true;
    }
}
