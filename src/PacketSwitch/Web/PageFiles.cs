// The page and what it loads, from the folder wwwroot beside the program: read once, sent from
// memory, compressed for who takes that. Mapped by WebServer.

using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;

namespace PacketSwitch.Web;

/// <summary>Static files.</summary>
internal static class PageFiles
{
    private const string Start = "index.html";

    /// <summary>Where the files are.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    public static void Map(ApiRoutes routes)
    {
        foreach (string file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(Folder, file).Replace('\\', '/');
            byte[] plain = File.ReadAllBytes(file);
            byte[] packed = Pack(plain);
            string type = TypeOf(name);
            routes.Read($"/{name}", context => Send(context, type, plain, packed));
            if (name == Start)
                routes.Read("/", context => Send(context, type, plain, packed));
        }
    }

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(plain);
        return packed.ToArray();
    }

    private static Task Send(HttpContext context, string type, byte[] plain, byte[] packed)
    {
        bool isPacked = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip",
            StringComparison.OrdinalIgnoreCase);
        byte[] body = isPacked ? packed : plain;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (isPacked)
            context.Response.Headers.ContentEncoding = "gzip";
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
}
