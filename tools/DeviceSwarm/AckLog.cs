namespace OrleansIot.DeviceSwarm;

/// <summary>
/// Writes a line <c>device sequence</c> for each acknowledged message. Connections add to buffers of their own; these reach
/// the file every 50 ms and at the end, so a line may be missing after a crash of the swarm, and none is ever wrong.
/// </summary>
internal sealed class AckLog : IAsyncDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;
    private readonly Lock _fileLock = new();
    private readonly List<Lines> _lines = [];
    private readonly PeriodicTimer _timer;
    private readonly Task _flushing;

    public AckLog(string path, int connections, TimeProvider time)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        for (var i = 0; i < connections; i++)
            _lines.Add(new Lines(this));

        _timer = new PeriodicTimer(FlushInterval, time);
        _flushing = FlushRegularly();
    }

    /// <summary>The lines of one connection.</summary>
    public Lines Of(int connection) => _lines[connection];

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _flushing;
        Flush();
        await _file.DisposeAsync();
    }

    private async Task FlushRegularly()
    {
        while (await _timer.WaitForNextTickAsync())
            Flush();
    }

    private void Flush()
    {
        foreach (var lines in _lines)
            lines.Flush();
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        lock (_fileLock)
            _file.Write(text);
    }

    internal sealed class Lines(AckLog log)
    {
        private const int LongestNumber = 20;

        private readonly Lock _lock = new();
        private readonly byte[] _buffer = new byte[16 * 1024];
        private int _length;

        public void Add(ReadOnlySpan<byte> device, long sequence)
        {
            lock (_lock)
            {
                if (_buffer.Length - _length < device.Length + LongestNumber + 2)
                    FlushLocked();

                device.CopyTo(_buffer.AsSpan(_length));
                _length += device.Length;
                _buffer[_length++] = (byte)' ';
                sequence.TryFormat(_buffer.AsSpan(_length), out var digits);
                _length += digits;
                _buffer[_length++] = (byte)'\n';
            }
        }

        public void Flush()
        {
            lock (_lock)
                FlushLocked();
        }

        private void FlushLocked()
        {
            if (_length == 0)
                return;

            log.Write(_buffer.AsSpan(0, _length));
            _length = 0;
        }
    }
}
