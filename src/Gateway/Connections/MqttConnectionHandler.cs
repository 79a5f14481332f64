using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Transports;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>One run for each connection: the handshake, then the client until it is gone.</summary>
internal sealed class MqttConnectionHandler(GatewayParts gateway) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var admission = connection.Features.Get<Admission>(); // none where a connection did not come through a listener
        var transport = admission?.Transport ?? GatewayTransport.Tcp;
        gateway.Metrics.Connections(transport, 1);
        using var frames = new MqttFrameReader(gateway.Options.MaxPacketBytes);
        try
        {
            if (await new Handshake(connection, frames, gateway).Run() is not { } request)
                return;

            admission?.HandshakeDone();
            using var client = new ClientConnection(connection, frames, request, gateway);
            gateway.Gate.Open.Enter(request.Access, client);
            await client.Run();
        }
        finally
        {
            gateway.Metrics.Connections(transport, -1);
            await connection.Transport.Input.CompleteAsync();
            await Complete(connection.Transport.Output);
        }
    }

    private static async ValueTask Complete(PipeWriter output)
    {
        try
        {
            await output.CompleteAsync();
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // Over TLS and WebSocket this tries once more to send what a lost connection did not take.
        }
    }
}
