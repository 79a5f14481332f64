using Microsoft.AspNetCore.Http;

namespace OrleansIot.Api.Http;

/// <summary>The paths that programs ask, as against the pages that people look at.</summary>
internal static class MachinePaths
{
    public const string Api = "/api";
    public const string Metrics = "/metrics";
    public const string OpenApi = "/openapi";
    public const string Health = "/health";
    public const string Things = "/things";

    private static readonly PathString[] All = [Api, Metrics, OpenApi, Health, Things];

    public static bool Include(PathString path)
    {
        foreach (var root in All)
        {
            if (path.StartsWithSegments(root))
                return true;
        }

        return false;
    }
}
