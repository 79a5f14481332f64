using System.Collections.Immutable;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.Application.Access;

/// <summary>
/// The access document in force, held in memory and kept in a store that others may write too. Durable before in force; edits are one
/// after the other. A document that is broken changes nothing, and nothing is written over it.
/// </summary>
public sealed class AccessBook(IAccessStore store) : IAccessBook, IDisposable
{
    private readonly SemaphoreSlim _editing = new(1);
    private volatile AccessEdition _current = AccessEdition.Empty;
    private ImmutableArray<PolicyDocumentFault> _faults = [];
    private string? _version;

    /// <summary>Another edition is in force; on the thread that brought it.</summary>
    public event Action? Changed;

    public AccessEdition Current => _current;

    /// <summary>Looks whether the stored document has changed, and puts it in force.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async ValueTask<AccessRefresh> Refresh(CancellationToken cancellation = default)
    {
        var before = _current;
        bool isNew;
        await _editing.WaitAsync(cancellation);
        try
        {
            isNew = await Load(cancellation);
        }
        finally
        {
            _editing.Release();
        }

        Announce(before);
        return isNew ? new AccessRefresh(true, _faults) : AccessRefresh.Unchanged;
    }

    public async ValueTask<T> Edit<T>(Func<AccessEdition, (AccessEdition Next, T Answer)> change, CancellationToken cancellation = default)
    {
        var before = _current;
        T answer;
        await _editing.WaitAsync(cancellation);
        try
        {
            answer = await EditAlone(change, cancellation);
        }
        finally
        {
            _editing.Release();
        }

        Announce(before);
        return answer;
    }

    public void Dispose() => _editing.Dispose();

    private async ValueTask<T> EditAlone<T>(Func<AccessEdition, (AccessEdition Next, T Answer)> change, CancellationToken cancellation)
    {
        while (true)
        {
            await Load(cancellation);
            if (_faults is [var first, ..])
                throw new StoreException($"The access document is not valid and has to be mended first: {first}", isTransient: false);

            var (next, answer) = change(_current);
            if (ReferenceEquals(next, _current))
                return answer;

            var json = AccessDocument.Write(next);
            if (json.Length > AccessDocument.MaxBytes)
                throw new StoreException($"The access document would have {json.Length} bytes; it takes {AccessDocument.MaxBytes}.", isTransient: false);

            if (await store.TryReplace(json, _version!, cancellation) is { } version)
            {
                (_version, _current) = (version, next);
                return answer;
            }
        }
    }

    private async ValueTask<bool> Load(CancellationToken cancellation)
    {
        if (await store.Read(_version, cancellation) is not { } stored)
            return false;

        _version = stored.Version;
        var read = AccessDocumentReader.Read(stored.Utf8Json);
        _faults = read.Faults;
        if (read.Edition is { } edition)
            _current = edition;

        return true;
    }

    private void Announce(AccessEdition before)
    {
        if (!ReferenceEquals(before, _current))
            Changed?.Invoke();
    }
}
