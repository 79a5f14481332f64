namespace OrleansIot.Application.Access;

/// <summary>Who may come in and do what: looked up, and changed.</summary>
public interface IAccessBook
{
    AccessEdition Current { get; }

    /// <summary>Makes a change durable and then puts it in force. Answers what <paramref name="change"/> answered.</summary>
    /// <param name="change">From the present edition to the next; the same one where nothing changes. Called again where others change it meanwhile.</param>
    /// <exception cref="StoreException">It could not be stored; nothing has changed.</exception>
    ValueTask<T> Edit<T>(Func<AccessEdition, (AccessEdition Next, T Answer)> change, CancellationToken cancellation = default);
}
