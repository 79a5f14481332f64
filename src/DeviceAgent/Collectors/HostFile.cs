namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>A small file under /proc or /sys, read again and again into the same buffer.</summary>
internal sealed class HostFile(string path)
{
    // Most of these files fit; /proc/stat and /proc/diskstats of a large machine grow the buffer once.
    private byte[] _buffer = new byte[1024];

    public string Path { get; } = path;

    /// <summary>The content, valid until the next call; empty when the file cannot be read.</summary>
    public ReadOnlySpan<byte> Read()
    {
        try
        {
            // ReadWrite sharing spares the lock that .NET otherwise takes on every file it opens.
            using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var length = 0;
            while (RandomAccess.Read(file, _buffer.AsSpan(length), length) is var read and > 0)
            {
                length += read;
                if (length == _buffer.Length)
                    Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            return _buffer.AsSpan(0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without this file, or a sensor asleep: the metric is absent, the others are not.
            return default;
        }
    }
}
