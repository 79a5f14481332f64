using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace OrleansIot.DeviceAgent;

/// <summary>
/// Writes one message of metrics as JSON. Sections nest, and the server flattens them with dashes (<c>disk</c> →
/// <c>root</c> → <c>used-percent</c> becomes <c>disk-root-used-percent</c>). They open with their first metric, so what a machine does not have leaves no empty object.
/// </summary>
internal sealed class MetricMessage : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(2048);
    private readonly Utf8JsonWriter _json;
    private string? _section;
    private string? _part;
    private string? _openSection;
    private string? _openPart;

    public MetricMessage() => _json = new Utf8JsonWriter(_bytes);

    /// <param name="boot">Names the run of the sender.</param>
    /// <param name="sequence">Counts its messages, in the order in which they are sent.</param>
    public void Begin(DateTimeOffset timestamp, string boot, long sequence)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _section = _part = _openSection = _openPart = null;

        Span<char> iso = stackalloc char[32];
        timestamp.UtcDateTime.TryFormat(iso, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _json.WriteStartObject();
        _json.WriteString("timestamp"u8, iso[..length]);
        _json.WriteString("bootId"u8, boot);
        _json.WriteNumber("sequence"u8, sequence);
    }

    /// <summary>
    /// Where the next metrics go. Collectors that share a section run one after the other: a section that another
    /// one has followed cannot be opened again.
    /// </summary>
    public void Section(string section, string? part = null) => (_section, _part) = (section, part);

    public void TopLevel() => (_section, _part) = (null, null);

    /// <summary>A share of 100, to one decimal.</summary>
    public void Percent(string name, double value) => Number(name, Math.Clamp(value, 0, 100), 1);

    public void Number(string name, double value, int decimals)
    {
        if (double.IsFinite(value))
        {
            Enter();
            _json.WriteNumber(name, Math.Round(value, decimals));
        }
    }

    public void Number(string name, long value)
    {
        Enter();
        _json.WriteNumber(name, value);
    }

    public void Flag(string name, bool value)
    {
        Enter();
        _json.WriteBoolean(name, value);
    }

    public void Text(string name, string value)
    {
        Enter();
        _json.WriteString(name, value);
    }

    /// <summary>Ends the message and copies it out; the buffers serve the next one.</summary>
    public byte[] Complete()
    {
        TopLevel();
        Enter();
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void Enter()
    {
        var sameSection = _section == _openSection;
        if (_openPart is not null && !(sameSection && _part == _openPart))
        {
            _json.WriteEndObject();
            _openPart = null;
        }

        if (_openSection is not null && !sameSection)
        {
            _json.WriteEndObject();
            _openSection = null;
        }

        if (_section is not null && _openSection is null)
        {
            _json.WriteStartObject(_section);
            _openSection = _section;
        }

        if (_part is not null && _openPart is null)
        {
            _json.WriteStartObject(_part);
            _openPart = _part;
        }
    }
}
