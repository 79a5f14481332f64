using System.Buffers;
using System.Globalization;
using System.Text;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>RFC 4180: comma, CRLF, quotation marks where they are needed, a line of names first.</summary>
internal sealed class CsvLines : IReadingLines
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    // A spreadsheet runs a cell that begins so (OWASP, CSV injection); with an apostrophe it is a text.
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n");

    private readonly IBufferWriter<byte> _target;
    private readonly Dictionary<MetricName, int> _columns = [];
    private readonly MetricValue?[] _values;
    private readonly StringBuilder _line = new();

    public CsvLines(IBufferWriter<byte> target, IReadOnlyList<MetricName> metrics)
    {
        _target = target;
        _values = new MetricValue?[metrics.Count];
        _line.Append("device,at,receivedAt");
        foreach (var metric in metrics)
        {
            _columns.Add(metric, _columns.Count);
            _line.Append(',');
            AppendText(metric.Value);
        }

        End();
    }

    public void Write(DeviceId device, Reading reading)
    {
        Array.Clear(_values);
        foreach (var metric in reading.Metrics)
        {
            if (_columns.TryGetValue(metric.Name, out var column))
                _values[column] = metric.Value;
        }

        AppendText(device.Value);
        _line.Append(CultureInfo.InvariantCulture, $",{reading.At},{reading.ReceivedAt}");
        foreach (var value in _values)
        {
            _line.Append(',');
            Append(value);
        }

        End();
    }

    public void Dispose()
    {
    }

    private void Append(MetricValue? value)
    {
        switch (value)
        {
            case null:
                break;
            case { Kind: MetricKind.Number } number:
                _line.Append(CultureInfo.InvariantCulture, $"{number.Number}");
                break;
            case { Kind: MetricKind.Boolean } boolean:
                _line.Append(boolean.Boolean ? "true" : "false");
                break;
            case { } text:
                AppendText(text.Text!);
                break;
        }
    }

    private void AppendText(string text)
    {
        var isFormula = text.Length > 0 && Formula.Contains(text[0]);
        if (!text.AsSpan().ContainsAny(Special))
        {
            _line.Append(isFormula ? "'" : "").Append(text);
            return;
        }

        _line.Append('"').Append(isFormula ? "'" : "").Append(text).Replace("\"", "\"\"", _line.Length - text.Length, text.Length).Append('"');
    }

    private void End()
    {
        _line.Append("\r\n");
        foreach (var chunk in _line.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, _target);

        _line.Clear();
    }
}
