int demo(const char *url);

int main(int argc, char **argv)
{
    return demo(argc > 1 ? argv[1] : 0);
}
