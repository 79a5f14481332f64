namespace OrleansIot.Gateway.Connections;

/// <summary>
/// Loops that one message wakes up, run by few threads one after the other: a work item for each would cost as much as what most of
/// them do. None of them may block.
/// </summary>
internal sealed class WakeUpBatch : IThreadPoolWorkItem
{
    // Some 100 µs of writing: short enough that other threads find something to do, and nothing else waits long for this one.
    private const int Most = 32;

    [ThreadStatic]
    private static WakeUpBatch? _open;

    private readonly WakeUp[] _claimed = new WakeUp[Most];
    private int _count;

    /// <summary>Until <see cref="Close"/>, what this thread wakes up is gathered. False within a delivery that has done so already.</summary>
    public static bool TryOpen()
    {
        if (_open is not null)
            return false;

        _open = new WakeUpBatch();
        return true;
    }

    public static void Close()
    {
        var batch = _open!;
        _open = null;
        batch.Queue();
    }

    /// <summary>Wakes a loop up that nobody has to wait for.</summary>
    public static void Raise(WakeUp wakeUp)
    {
        if (_open is not { } batch)
        {
            wakeUp.Raise();
            return;
        }

        if (!wakeUp.TryClaim())
            return;

        batch._claimed[batch._count++] = wakeUp;
        if (batch._count == Most)
        {
            batch.Queue();
            _open = new WakeUpBatch();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var i = 0; i < _count; i++)
            _claimed[i].GoOnHere();
    }

    private void Queue()
    {
        if (_count > 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
