namespace OrleansIot.Application.Access.Ports;

/// <summary>
/// Keeps the access document (policies, users, certificates, tokens) as one text. Others may change it too: a change is made on
/// top of a version, and refused where that is no longer the last.
/// </summary>
public interface IAccessStore
{
    /// <summary>What is stored; null where it is still of the version that is known. Without anything stored, an empty text.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    ValueTask<StoredAccess?> Read(string? knownVersion, CancellationToken cancellation);

    /// <summary>Replaces the text durably, whole or not at all. Answers the new version; null where another change came before.</summary>
    /// <exception cref="StoreException">It cannot be written.</exception>
    ValueTask<string?> TryReplace(ReadOnlyMemory<byte> utf8Json, string expectedVersion, CancellationToken cancellation);
}
