using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceAgent.Tests;

/// <summary>A broker of MQTT 5.0 for one client, which answers each message with the reason code that the test gives: none that can be installed refuses at will.</summary>
internal sealed class AnsweringBroker : IAsyncDisposable
{
    public const byte Success = 0x00;
    public const byte UnspecifiedError = 0x80;
    public const byte NotAuthorized = 0x87;
    public const byte PayloadFormatInvalid = 0x99;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<(long Sequence, ushort Packet)> _published = Channel.CreateUnbounded<(long, ushort)>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private NetworkStream? _stream;

    public AnsweringBroker()
    {
        _listener.Start();
        _serving = Serve();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Task<(long Sequence, ushort Packet)> Next(string what) => _published.Reader.ReadAsync(_stop.Token).AsTask().Within(what);

    public async Task Answer(ushort packet, byte reason) => await _stream!.WriteAsync(new byte[] { 0x40, 0x03, (byte)(packet >> 8), (byte)packet, reason });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.Within("the broker's end");
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            await using var stream = _stream = client.GetStream();
            while (await ReadPacket(stream) is var (header, body))
            {
                switch (header >> 4)
                {
                    case 1: // CONNECT
                        await stream.WriteAsync(new byte[] { 0x20, 0x03, 0x00, 0x00, 0x00 }, _stop.Token);
                        break;

                    case 3: // PUBLISH
                        _published.Writer.TryWrite(Read(body));
                        break;

                    case 12: // PINGREQ
                        await stream.WriteAsync(new byte[] { 0xD0, 0x00 }, _stop.Token);
                        break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over, or the agent is.
        }
        finally
        {
            _published.Writer.TryComplete();
        }
    }

    private async Task<(byte Header, byte[] Body)?> ReadPacket(NetworkStream stream)
    {
        var one = new byte[1];
        if (await stream.ReadAsync(one, _stop.Token) == 0)
            return null;

        var header = one[0];
        var length = 0;
        var shift = 0;
        do
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while (one[0] >= 0x80);

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return (header, body);
    }

    private static (long Sequence, ushort Packet) Read(ReadOnlySpan<byte> body)
    {
        var packet = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        var properties = packet + 2;
        Assert.InRange(body[properties], 0, 0x7F); // their length takes one byte
        var payload = JsonElement.Parse(body[(properties + 1 + body[properties])..]);
        return (payload.GetProperty("sequence").GetInt64(), BinaryPrimitives.ReadUInt16BigEndian(body[packet..]));
    }
}
