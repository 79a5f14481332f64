using System.Net.Sockets;
using System.Text;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Scenarios.Clients;

/// <summary>A peer that sends whatever bytes it likes.</summary>
public sealed class RawMqtt : IDisposable
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private readonly TcpClient _tcp = new();
    private NetworkStream _stream = null!;

    public static async Task<RawMqtt> Open(int port)
    {
        var raw = new RawMqtt();
        await raw._tcp.ConnectAsync("127.0.0.1", port);
        raw._stream = raw._tcp.GetStream();
        return raw;
    }

    /// <summary>Opens, and connects as an MQTT 5.0 client of that name.</summary>
    public static async Task<RawMqtt> Connect5(int port, string clientId)
    {
        var raw = await Open(port);
        var id = Encoding.UTF8.GetBytes(clientId);
        await raw.Send([0x10, (byte)(13 + id.Length), 0, 4, .. "MQTT"u8, 5, 2, 0, 60, 0, 0, (byte)id.Length, .. id]);
        var connAck = await raw.ReadPacket();
        Assert.Equal((0x20, 0), (connAck[0], connAck[2]));
        return raw;
    }

    public async Task Send(params byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>A QoS 1 PUBLISH of MQTT 5.0 without properties.</summary>
    public async Task Publish(string topic, byte[] payload, ushort packetId = 1)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        byte[] body = [(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(packetId >> 8), (byte)packetId, 0, .. payload];
        await Send([0x32, .. VariableByteInteger(body.Length), .. body]);
    }

    /// <summary>A whole packet: its first byte, and what follows the remaining length.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task<byte[]> ReadPacket()
    {
        using var limit = new CancellationTokenSource(Limit);
        var first = await ReadByte(limit.Token);
        var (length, shift) = (0, 0);
        byte digit;
        do
        {
            digit = await ReadByte(limit.Token);
            length |= (digit & 127) << shift;
            shift += 7;
        }
        while (digit > 127);

        var rest = new byte[length];
        await _stream.ReadExactlyAsync(rest, limit.Token);
        return [first, .. rest];
    }

    /// <summary>Whether the server closes the connection, whatever it sends before.</summary>
    public async Task<bool> IsClosed()
    {
        using var limit = new CancellationTokenSource(Limit);
        var buffer = new byte[1024];
        try
        {
            while (await _stream.ReadAsync(buffer, limit.Token) > 0)
            {
                // What it has to say first is not the question.
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _tcp.Dispose();

    private async Task<byte> ReadByte(CancellationToken cancellation)
    {
        var one = new byte[1];
        await _stream.ReadExactlyAsync(one, cancellation);
        return one[0];
    }

    private static byte[] VariableByteInteger(int value)
    {
        var bytes = new List<byte>();
        do
        {
            var digit = (byte)(value % 128);
            value /= 128;
            bytes.Add(value > 0 ? (byte)(digit | 128) : digit);
        }
        while (value > 0);

        return [.. bytes];
    }
}
