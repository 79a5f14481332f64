using Microsoft.Extensions.ObjectPool;

namespace OrleansIot.Storage.Sqlite.Commits;

internal sealed class AppendRequestPool(int retained) : IPooledObjectPolicy<AppendRequest>
{
    private DefaultObjectPool<AppendRequest>? _pool;

    private DefaultObjectPool<AppendRequest> Pool => _pool ??= new(this, retained);

    public AppendRequest Get() => Pool.Get();

    public AppendRequest Create() => new(Pool);

    public bool Return(AppendRequest obj) => true;
}
