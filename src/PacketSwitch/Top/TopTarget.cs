// What a person can point at on the pages of `top`: a virtual service, or a real server of one, in
// the order of the page's lines. And the question that is asked about it: a client's flow, that of
// a session which is there, else of a client that never was. Used by TopModel and TopScreen.

using System.Globalization;
using PacketSwitch.Client;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Top;

/// <summary>A line that can be chosen.</summary>
internal sealed record TopTarget(VirtStatus Virt, ServiceStatus Service, RealStatus? Real)
{
    private const string NoClient4 = "198.51.100.10:40000";
    private const string NoClient6 = "[2001:db8:c::10]:40000";
    private const int AnyPort = 80;

    /// <summary>The targets of a page; of others than these two there are none.</summary>
    public static IReadOnlyList<TopTarget> On(TopPage page, StatusReport status)
    {
        var targets = new List<TopTarget>();
        var shown = new HashSet<int>();
        foreach (VirtStatus virt in page is TopPage.Reals or TopPage.Virts ? status.Virts : [])
        {
            foreach (ServiceStatus service in virt.Services)
            {
                targets.Add(new TopTarget(virt, service, null));
                // A group that several services use is listed once.
                if (page == TopPage.Reals && shown.Add(service.Group))
                {
                    ServiceStatus busiest = virt.Services.Where(
                        one => one.Group == service.Group).MaxBy(one => one.Sessions)!;
                    targets.AddRange(Members(status, service)
                        .Select(real => new TopTarget(virt, busiest, real)));
                }
            }
        }
        return targets;
    }

    /// <summary>The real servers of a service's group.</summary>
    public static IEnumerable<RealStatus> Members(StatusReport status, ServiceStatus service)
    {
        GroupStatus? group = status.Groups.FirstOrDefault(each => each.Id == service.Group);
        return group is null ? []
            : status.Reals.Where(real => group.Members.Contains(real.Id));
    }

    /// <summary>The flow to ask about.</summary>
    public ExplainRequest Question(ControlClient client)
    {
        string path = ClientOptions.Query("v1/sessions", ("virt", Number(Virt.Id)),
            ("dport", Service.Port == 0 ? null : Number(Service.Port)),
            ("real", Real is null ? null : Number(Real.Id)), ("limit", "1"));
        SessionRow? session = client.Get(path, ReportJson.Readable.SessionsReport)
            .Sessions.FirstOrDefault();
        string source = session is null ? Virt.Vip.Contains(':') ? NoClient6 : NoClient4
            : StatusText.EndPoint(session.Client, session.ClientPort);
        int port = session?.VipPort ?? (Service.Port == 0 ? AnyPort : Service.Port);
        return new ExplainRequest(
            Service.Proto, source, StatusText.EndPoint(Virt.Vip, port));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
