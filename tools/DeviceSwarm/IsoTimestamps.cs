using System.Globalization;

namespace OrleansIot.DeviceSwarm;

/// <summary>Writes timestamps; the messages of one batch share a millisecond, so the last one is remembered.</summary>
internal sealed class IsoTimestamps
{
    public const int Length = 24;

    private readonly byte[] _text = new byte[Length];
    private long _milliseconds = -1;

    public ReadOnlySpan<byte> Of(long unixMilliseconds)
    {
        if (unixMilliseconds != _milliseconds)
        {
            _milliseconds = unixMilliseconds;
            DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).TryFormat(
                _text, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        return _text;
    }
}
