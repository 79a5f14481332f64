using System.Buffers;
using Microsoft.AspNetCore.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Reads the CONNECT that a connection has to begin with, and turns away who may not come in.</summary>
internal sealed class Handshake(ConnectionContext connection, MqttFrameReader frames, GatewayParts gateway)
{
    private ConnectRequest? _request;
    private ConnectVerdict _verdict;
    private string? _ended;

    /// <summary>The request of a client that may come in; null when the connection has been dealt with.</summary>
    public async ValueTask<ConnectRequest?> Run()
    {
        var input = connection.Transport.Input;
        using var deadline = new SilenceDeadline(gateway.Time, () => End($"no CONNECT within {gateway.Options.ConnectTimeout.TotalSeconds:0.#} s"));
        using var stopping = gateway.Clients.Stopping.Register(() => End(CloseReason.ServerStopping.Text));
        deadline.Start(gateway.Options.ConnectTimeout);

        try
        {
            while (true)
            {
                var result = await input.ReadAsync();
                var buffer = result.Buffer;
                var length = buffer.Length;
                var isRead = Read(ref buffer);
                gateway.Metrics.Received(isRead ? 1 : 0, length - buffer.Length);
                input.AdvanceTo(buffer.Start, isRead ? buffer.Start : result.Buffer.End);

                if (isRead)
                    deadline.Start(Timeout.InfiniteTimeSpan); // it has said what it had to say; what may take long now is ours
                if (isRead && !_verdict.IsRefusal)
                    (_verdict, _request) = await gateway.Gate.Decide(_request!, connection);
                if (_verdict.IsRefusal)
                    return await Refuse();
                if (_request is not null && _ended is null)
                    return _request;
                if (_ended is { } reason)
                    return Drop(reason);
                if (result.IsCompleted)
                    return null; // a port scan or a health check: not worth a line
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            return null;
        }

        void End(string reason)
        {
            _ended = reason;
            input.CancelPendingRead();
        }
    }

    private bool Read(ref ReadOnlySequence<byte> buffer)
    {
        var status = frames.Read(ref buffer, out var frame, out var reason);
        if (status == OperationStatus.NeedMoreData)
            return false;

        var version = MqttVersion.V311;
        if (status == OperationStatus.InvalidData)
            _verdict = new(reason, "the first bytes are no MQTT packet that this server takes");
        else if (frame.Type != MqttPacketType.Connect)
            _verdict = new(MqttReasonCode.ProtocolError, "the first packet is not CONNECT"); // [MQTT-3.1.0-1]
        else if (!ConnectPacket.TryRead(frame, out var packet, out version, out reason))
            _verdict = new(reason, "the CONNECT packet is not valid");
        else
            _request = ConnectRequest.Copy(packet, version);

        if (_request is { } request)
            _verdict = ConnectVerdict.On(request, gateway.Options);
        else
            _request = ConnectRequest.Unread(version);
        return true;
    }

    private async ValueTask<ConnectRequest?> Refuse()
    {
        gateway.Metrics.Connect(_verdict.Code);
        if (_verdict.Code is MqttReasonCode.MalformedPacket or MqttReasonCode.ProtocolError or MqttReasonCode.PacketTooLarge)
            gateway.Metrics.ProtocolError(_verdict.Code);

        ConnectAnswer.Refuse(connection.Transport.Output, _request!.Client, _verdict.Code, _verdict.Reason);
        await connection.Transport.Output.FlushAsync();
        return Drop($"refused ({_verdict.Code}): {_verdict.Reason}");
    }

    private ConnectRequest? Drop(string reason)
    {
        gateway.Gate.Refusals.Tell(_request?.ClientId ?? "", connection.RemoteEndPoint, reason);
        return null;
    }
}
