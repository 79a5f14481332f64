using System.IO.Pipelines;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Tests.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>A server that says only what the test tells it to, over memory. Each dial is a connection to take with <see cref="Accept"/>.</summary>
internal sealed class ScriptedServer
{
    private readonly Channel<ServerSide> _dialled = Channel.CreateUnbounded<ServerSide>();

    public static TimeSpan Patience { get; } = TimeLimit.Usual;

    /// <summary>Give this to <see cref="MqttClientOptions.Dial"/>.</summary>
    public ValueTask<Stream> Dial(CancellationToken cancellation)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        _dialled.Writer.TryWrite(new ServerSide(toServer.Reader, toClient.Writer));
        return ValueTask.FromResult<Stream>(new DuplexStream(toClient.Reader, toServer.Writer));
    }

    /// <summary>The next connection, its CONNECT not read yet.</summary>
    public async Task<ServerSide> Accept() => await _dialled.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next connection, welcomed.</summary>
    public async Task<ServerSide> Welcome(bool sessionPresent = false, byte[]? properties = null)
    {
        var connection = await Accept();
        await connection.Expect(MqttPacketType.Connect);
        await connection.Send(Encode(sessionPresent, properties));
        return connection;

        static byte[] Encode(bool sessionPresent, byte[]? properties) =>
            Wire.Encode(new ConnAckPacket { SessionPresent = sessionPresent, Properties = new(properties) }, MqttVersion.V5);
    }
}
