using Orleans.Services;

namespace OrleansIot.Silo.Peers;

/// <summary>The MQTT gateway of one silo, for those of the others.</summary>
[Alias("orleansiot.silo-peer")]
internal interface ISiloPeer : IGrainService
{
    /// <summary>Answers with the number of a <c>PeerAnswer</c>.</summary>
    [Alias("receive")]
    Task<int> Receive(SiloPeerBatch batch);
}
