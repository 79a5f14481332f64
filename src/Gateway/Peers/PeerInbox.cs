using Microsoft.Extensions.Logging;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>Takes in what peers send: messages go to this gateway's own subscribers, and never further.</summary>
internal sealed class PeerInbox(
    PeerRelay relay, MessageBroker broker, RetainedMessages retained, ConnectedClients clients, SessionRegistry sessions, PeerClock clock, GatewayMetrics metrics, TimeProvider time,
    ILogger<PeerInbox> logger)
{
    public PeerAnswer Receive(PeerId from, ReadOnlySpan<byte> batch)
    {
        if (relay.Find(from) is not { } link)
            return PeerAnswer.UnknownSender;

        var reader = new PeerBatchReader(batch);
        var inbound = link.Inbound;

        // One batch at a time, as its sender means it; a second can come only as a copy of the first.
        lock (inbound.Lock)
        {
            if (!reader.IsMalformed && inbound.AnswerWithout(reader.Session, reader.Sequence) is { } answer)
                return answer;

            var messages = 0;
            while (reader.MoveNext())
                messages += Take(ref reader, link) ? 1 : 0;
            metrics.RelayedIn(messages);
            if (reader.IsMalformed)
            {
                logger.PeerMalformed(from.Name, batch.Length);
                return PeerAnswer.Refused;
            }

            inbound.Taken(reader.Session, reader.Sequence);
            return PeerAnswer.Accepted;
        }
    }

    /// <summary>True for a message.</summary>
    private bool Take(ref PeerBatchReader reader, PeerLink link)
    {
        switch (reader.Kind)
        {
            case PeerItemKind.InterestStart:
                relay.ForgetInterestOf(link);
                return false;
            case PeerItemKind.FilterAdded:
                if (TopicFilter.TryParse(reader.Text, out var added))
                    relay.AddInterest(link, added);
                return false;
            case PeerItemKind.FilterRemoved:
                if (TopicFilter.TryParse(reader.Text, out var removed))
                    relay.RemoveInterest(link, removed);
                return false;
            case PeerItemKind.ClientConnected:
                clients.TakeOver(reader.ReadText(), reader.Stamp);
                sessions.TakenOverElsewhere(reader.ReadText(), reader.Stamp);
                return false;
            case PeerItemKind.Message:
                broker.Deliver(Copy(reader.Publish), publisher: null);
                return true;
            default:
                TakeRetained(Copy(reader.Publish), reader.Stamp, isState: reader.Kind == PeerItemKind.RetainedState);
                return true;
        }
    }

    private void TakeRetained(BrokeredMessage message, PeerStamp stamp, bool isState)
    {
        clock.Heard(stamp);
        var order = retained.Learn(message, stamp);

        // What was retained before we were told of it is news to subscribers where it is to us; a message that was published just
        // now goes to them even where a later one has overtaken it, but not a second time.
        if (isState ? order > 0 && !message.Body.Payload.IsEmpty : order != 0)
            broker.Deliver(message, publisher: null);
    }

    private BrokeredMessage Copy(scoped in PublishPacket publish) =>
        new(PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties), publish.QoS, publish.Retain, time.GetTimestamp());
}
