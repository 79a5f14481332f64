using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access.Ports;

/// <summary>Asks the gateway of this process what a client that is connected to it may do.</summary>
public interface IConnectedClients
{
    /// <summary>Null where no client of that id is connected here.</summary>
    (string Principal, PolicySet Policies, AccessContext Context)? Find(string clientId);
}
