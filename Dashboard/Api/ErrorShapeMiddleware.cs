namespace Presence.Dashboard.Api;

/// <summary>
/// Gives the error shape to refusals that come without a body (routing, the framework's own checks) and to faults.
/// Pages are left to the dashboard: whoever asks for HTML outside the API gets what it answers.
/// </summary>
internal sealed class ErrorShapeMiddleware(RequestDelegate next, ILogger<ErrorShapeMiddleware> logger)
{
    private const int LongestPathShown = 200;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = exception.StatusCode; // the server's own limits: a body cut short, too large or too slow
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the caller is gone; whatever broke has nobody to be told
        }
        catch (Exception exception) when (!http.Response.HasStarted && !WantsPage(http))
        {
            logger.LogError(exception, "{Method} {Path} failed.", http.Request.Method, http.Request.Path.Value);
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = http.Response;
        if (response.StatusCode >= 400 && !response.HasStarted && response.ContentLength is null && response.ContentType is null && !WantsPage(http))
            await Describe(http).ExecuteAsync(http);
    }

    private static ApiRefusal Describe(HttpContext http)
    {
        var error = ApiErrors.OfStatus(http.Response.StatusCode);
        var message = error.Status switch
        {
            404 => $"Nothing answers {http.Request.Method} {Shown(http.Request.Path)}. The routes are in docs/http-api.md.",
            405 => $"{Shown(http.Request.Path)} does not answer {http.Request.Method}; it answers {http.Response.Headers.Allow}.",
            _ => error.Meaning,
        };
        return new ApiRefusal(error, message);
    }

    private static string Shown(PathString path) => path.Value is { Length: > LongestPathShown } text ? text[..LongestPathShown] + "..." : path.Value ?? "/";

    private static bool WantsPage(HttpContext http) =>
        !Hosting.RequestPipeline.IsApi(http) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
