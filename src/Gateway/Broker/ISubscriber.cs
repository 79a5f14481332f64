namespace OrleansIot.Gateway.Broker;

/// <summary>The connection of a session, as its queue knows it. On any thread, and under the queue's lock: must not wait.</summary>
internal interface ISubscriber
{
    /// <summary>There is something to send.</summary>
    void OnQueued();

    /// <summary>A message of QoS 1 or 2 found no room: it must not be lost, so the client has to be told.</summary>
    void OnOverflow();

    /// <summary>Others begin to wait for it: it waits for nobody then, or its acknowledgements could wait with it.</summary>
    void OnBehind();
}
