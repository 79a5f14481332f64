using Microsoft.AspNetCore.Http;

namespace OrleansIot.Api.Http;

/// <summary>Answers with a <see cref="Problem"/>.</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public static ProblemResult Of(int status, string code, string detail, IReadOnlyList<Fault>? faults = null) =>
        new(Problem.Of(status, code, detail, faults));

    public static ProblemResult UnknownDevice(string device) =>
        Of(StatusCodes.Status404NotFound, "device.unknown", $"There is no device '{device}'.");

    public static ProblemResult UnknownAlert(string alert) =>
        Of(StatusCodes.Status404NotFound, "alert.unknown", $"There is no alert '{alert}'.");

    public static ProblemResult UnknownRule(string rule) =>
        Of(StatusCodes.Status404NotFound, "rule.unknown", $"There is no rule '{rule}'.");

    public static ProblemResult Invalid(string code, string what, IReadOnlyList<Fault> faults) =>
        Of(StatusCodes.Status400BadRequest, code, $"{what}: {string.Join(" ", faults.Select(fault => $"{fault.Path} {fault.Message} {fault.Mend}"))}", faults);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = problem.Status;
        // With the API's own options: people read these, and the generated ones would write a quotation mark as \u0027.
        return httpContext.Response.WriteAsJsonAsync(problem, options: null, Problem.ContentType, httpContext.RequestAborted);
    }
}
