namespace OrleansIot.Application.Access.Ports;

/// <summary>
/// The keys that sign-ins are signed with, where several hosts share a store: a sign-in at one of them is known to all. A key is
/// added once and never changed; they are few, and secrets.
/// </summary>
public interface IKeyRing
{
    ValueTask<IReadOnlyList<string>> All(CancellationToken cancellation);

    /// <param name="name">Of the key; a second one of the same name takes its place.</param>
    ValueTask Add(string name, string key, CancellationToken cancellation);
}
