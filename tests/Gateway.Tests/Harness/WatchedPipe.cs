using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>The way from a client to the gateway. Tells when the gateway is through with everything that was sent, and waits for more.</summary>
internal sealed class WatchedPipe
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private long _sent;
    private long _seen;
    private bool _isWaiting;
    private bool _isOver;

    public WatchedPipe(PipeOptions options)
    {
        var pipe = new Pipe(options);
        Reader = new WatchedReader(this, pipe.Reader);
        Writer = new CountedWriter(this, pipe.Writer);
    }

    public PipeReader Reader { get; }

    public PipeWriter Writer { get; }

    /// <summary>Completes when the gateway waits for more than has been sent, or reads no more at all.</summary>
    public Task AtRest()
    {
        lock (_lock)
        {
            if (IsAtRest)
                return Task.CompletedTask;

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            return waiter.Task;
        }
    }

    // That it waits is not enough: where readers go on on another thread it takes a moment until it no longer does.
    private bool IsAtRest => _isOver || (_isWaiting && _seen == _sent);

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            if (!IsAtRest)
                return;

            foreach (var waiter in _waiters)
                waiter.SetResult();
            _waiters.Clear();
        }
    }

    // A source of its own, not an async method around the other's: one is at rest once its continuation is in place, and not before.
    private sealed class WatchedReader(WatchedPipe pipe, PipeReader inner) : PipeReader, IValueTaskSource<ReadResult>
    {
        private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
        private ReadResult _last;
        private long _taken;
        private short _token;
        private bool _isPending;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = inner.ReadAsync(cancellationToken);
            if (read.IsCompletedSuccessfully)
                return new(_last = read.Result);

            _read = read.ConfigureAwait(false).GetAwaiter();
            pipe.Change(() => (_token, _isPending) = ((short)(_token + 1), true));
            return new(this, _token);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _read.IsCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public ReadResult GetResult(short token)
        {
            pipe.Change(() => pipe._isWaiting = _isPending = false);
            return _last = _read.GetResult();
        }

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _read.UnsafeOnCompleted(() => continuation(state));

            // By now it may have been continued, and wait for another.
            pipe.Change(() => pipe._isWaiting |= _isPending && _token == token);
        }

        public override bool TryRead(out ReadResult result)
        {
            var isThere = inner.TryRead(out result);
            _last = result;
            return isThere;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            var seen = _taken + _last.Buffer.Slice(0, examined).Length;
            _taken += _last.Buffer.Slice(0, consumed).Length;
            _last = default;
            pipe.Change(() => pipe._seen = seen);
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            inner.Complete(exception);
            pipe.Change(() => pipe._isOver = true);
        }
    }

    private sealed class CountedWriter(WatchedPipe pipe, PipeWriter inner) : PipeWriter
    {
        public override void Advance(int bytes)
        {
            pipe.Change(() => pipe._sent += bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
